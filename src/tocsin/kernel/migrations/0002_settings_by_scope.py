from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.DeleteModel(name='Setting'),
        migrations.CreateModel(
            name='SettingRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('scope', models.CharField(default='', max_length=80)),
                ('value', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'scope'), name='setting_once')],
            },
        ),
    ]
