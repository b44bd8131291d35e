"""An address is found in whatever case it is written."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_fewer_indexes")]

    operations = [
        migrations.RemoveIndex(model_name="ticket", name="ticket_address"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                django.db.models.functions.text.Lower("requester_address"), name="ticket_address"
            ),
        ),
    ]
