from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_unsubscribed_how'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='notice', name='notice_once'),
        migrations.RenameField(model_name='notice', old_name='matter_ref', new_name='record_ref'),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('record_ref', 'number'), name='notice_once'),
        ),
    ]
