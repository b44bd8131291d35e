from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailroom', '0007_untold'),
    ]

    operations = [
        migrations.RenameModel('ProviderReport', 'DeliveryReport'),
        migrations.RenameField('DeliveryReport', 'message_name', 'message_id'),
        migrations.AlterField('DeliveryReport', 'message_id', models.CharField(max_length=200)),
        migrations.RenameField('DeliveryReport', 'final', 'nobody_there'),
    ]
