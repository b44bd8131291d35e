
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0003_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reindexing',
            fields=[
                ('kind', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('after', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('pk', models.CompositePrimaryKey('kind', 'part', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('part', models.BigIntegerField()),
                ('owner', models.BigIntegerField()),
                ('department', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('search', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'owner'], name='search_owner'), django.contrib.postgres.indexes.GinIndex(fields=['search'], gin_pending_list_limit=512, name='search_words')],
            },
        ),
    ]
