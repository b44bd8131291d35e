import tocsin.kernel.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0007_codes_of_reasons")]

    operations = [migrations.AddField("message", "said", tocsin.kernel.fields.ReasonField())]
