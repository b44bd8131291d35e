import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailroom", "0014_withdrawn"), ("notices", "0004_record_ref")]

    operations = [
        migrations.AddField("Recipient", "others", models.JSONField(default=list)),
        migrations.AddField("Recipient", "go_on_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                condition=models.Q(("go_on_at__isnull", False)), fields=["go_on_at"], name="recipient_go_on"
            ),
        ),
        migrations.AlterField(
            model_name="recipient",
            name="unreachable",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_address", "No address is known"),
                    ("bounced", "Mail to this address came back for good"),
                    ("unsubscribed", "Asked for no more of these mails"),
                    ("complained", "Called a mail of ours spam"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="EarlierDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mailroom.delivery"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier",
                        to="notices.recipient",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
    ]
