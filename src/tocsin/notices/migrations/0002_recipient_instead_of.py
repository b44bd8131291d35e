"""Where a notice went to another address than the first, because mail to that one came back."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="recipient",
            name="instead_of",
            field=models.CharField(blank=True, default="", max_length=320),
            preserve_default=False,
        ),
    ]
