from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailroom', '0006_fewer_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Untold',
            fields=[
                ('delivery_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO mailroom_untold (delivery_id) SELECT id FROM mailroom_delivery WHERE NOT announced",
            "UPDATE mailroom_delivery SET announced = id NOT IN (SELECT delivery_id FROM mailroom_untold)",
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_untold',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='announced',
        ),
    ]
