
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0011_requester_channel'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='message',
            name='message_search',
        ),
        migrations.RemoveField(
            model_name='message',
            name='search',
        ),
    ]
