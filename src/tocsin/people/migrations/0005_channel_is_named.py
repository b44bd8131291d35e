from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_roles")]

    operations = [
        migrations.AlterField(
            model_name="address",
            name="channel",
            field=models.CharField(max_length=20),
        ),
    ]
