from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_ref_always")]

    operations = [migrations.RemoveField(model_name="affected", name="address")]
