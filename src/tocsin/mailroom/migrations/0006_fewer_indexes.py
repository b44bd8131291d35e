

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailroom', '0005_unmatched_bounces'),
    ]

    operations = [
        migrations.AlterField(
            model_name='inbounditem',
            name='duplicate_of',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='duplicates', to='mailroom.inbounditem'),
        ),
    ]
