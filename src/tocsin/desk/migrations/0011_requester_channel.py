from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0010_account'),
    ]

    operations = [
        migrations.AddField(
            'Ticket',
            'requester_channel',
            models.CharField(max_length=20, blank=True, default=''),
            preserve_default=False,
        ),
    ]
