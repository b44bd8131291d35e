"""How somebody said that they want no more notices: by asking, or by calling one spam."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_recipient_instead_of")]

    operations = [
        migrations.AddField(
            model_name="unsubscribed",
            name="how",
            field=models.CharField(
                choices=[
                    ("unsubscribed", "They asked for no more mails about faults."),
                    ("complained", "They called a mail of ours spam. Mails about faults stopped."),
                ],
                db_default="unsubscribed",
                default="unsubscribed",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="recipient",
            name="unreachable",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_address", "No mail address is known"),
                    ("bounced", "Mail to this address came back for good"),
                    ("unsubscribed", "Asked for no more of these mails"),
                    ("complained", "Called a mail of ours spam"),
                ],
                max_length=16,
            ),
        ),
    ]
