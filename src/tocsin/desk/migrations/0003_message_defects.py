from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_paced_answers")]

    operations = [
        migrations.AddField(model_name="message", name="defects", field=models.JSONField(default=list)),
    ]
