from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailroom", "0013_pauses")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="way_was_closed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting"),
                    ("deferred", "Waiting for another try"),
                    ("sent", "Sent"),
                    ("delivered", "Delivered"),
                    ("complained", "Called spam by its reader"),
                    ("failed", "Failed"),
                    ("rehearsed", "Rehearsed, not sent"),
                    ("superseded", "Sent to another address instead"),
                    ("bounced", "Bounced"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]
