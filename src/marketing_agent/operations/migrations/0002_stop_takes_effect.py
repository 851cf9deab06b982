import marketing_agent.store.columns
from django.db import migrations, models


def name_each_stop(apps, schema_editor):
    """Give every stop an id of its own; a default would give all of them the same."""
    stops = apps.get_model('operations', 'Stop').objects
    for key in stops.values_list('pk', flat=True):
        stops.filter(pk=key).update(public_id=marketing_agent.store.columns.new_public_id())


class Migration(migrations.Migration):

    dependencies = [
        ('operations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='stop',
            name='effective_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='stop',
            name='past_data',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='stop',
            name='public_id',
            field=models.CharField(editable=False, max_length=32, null=True),
        ),
        migrations.RunPython(name_each_stop, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='stop',
            name='public_id',
            field=models.CharField(default=marketing_agent.store.columns.new_public_id, editable=False, max_length=32, unique=True),
        ),
        migrations.CreateModel(
            name='Resumption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(default='all', max_length=20)),
                ('started_by', models.CharField(max_length=200)),
                ('started_at', models.DateTimeField()),
                ('usual', models.PositiveIntegerField(null=True)),
                ('step', models.PositiveSmallIntegerField(default=0)),
                ('step_since', models.DateTimeField()),
                ('waits', models.CharField(blank=True, max_length=500)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('scope',), name='resumption_one_open')],
            },
        ),
    ]
