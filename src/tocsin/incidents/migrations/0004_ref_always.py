from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_codes_of_reasons")]

    operations = [
        migrations.AlterField("incident", "ref", models.CharField(max_length=24, unique=True)),
    ]
