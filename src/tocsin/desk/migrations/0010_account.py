from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0009_parked_by'),
        ('mailroom', '0012_accounts'),
    ]

    operations = [
        migrations.RenameField('Ticket', 'mailbox', 'account'),
    ]
