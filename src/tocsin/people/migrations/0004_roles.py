"""Roles become rows. Those that come with Tocsin are put in here: this must survive when migrations are squashed."""

import django.db.models.deletion
from django.db import migrations, models

SEEDED = ("observer", "agent", "lead", "admin")


def seed(apps, schema_editor):
    role = apps.get_model("people", "Role")
    role.objects.bulk_create([role(key=key, position=number) for number, key in enumerate(SEEDED)])


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0003_staff_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("key", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.JSONField(default=dict)),
                ("grants", models.JSONField(default=dict)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={"ordering": ["position", "key"]},
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="staff",
            name="role",
            field=models.ForeignKey(
                default="agent",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff",
                to="people.role",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="role",
            field=models.ForeignKey(
                default="admin",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tokens",
                to="people.role",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="departments",
            field=models.ManyToManyField(blank=True, related_name="tokens", to="people.department"),
        ),
    ]
