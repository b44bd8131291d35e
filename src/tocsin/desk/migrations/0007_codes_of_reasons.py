import tocsin.kernel.fields
from django.db import migrations


class Migration(migrations.Migration):
    """What had to be repaired is kept as codes; the sentences kept before can't be told apart."""

    dependencies = [("desk", "0006_linked_record")]

    operations = [
        migrations.AlterField("ticket", "linked_reason", tocsin.kernel.fields.ReasonField()),
        migrations.RemoveField("message", "defects"),
        migrations.AddField("message", "defects", tocsin.kernel.fields.ReasonField()),
    ]
