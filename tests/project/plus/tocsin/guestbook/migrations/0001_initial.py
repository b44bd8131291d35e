from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Entry",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("words", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("thanked", models.BooleanField(default=False)),
            ],
        )
    ]
