import django.db.models.deletion
from django.db import migrations, models


def refuse_old_links(apps, schema_editor):
    """A record from before the first release has no parts, and its events could not tell them."""
    if apps.get_model('production', 'Link').objects.exists():
        raise RuntimeError(
            'this record was begun by a version before the first release, which kept links '
            'without parts: keep it with that version, and start another data directory'
        )


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0001_initial'),
        ('process', '0001_initial'),
        ('production', '0003_twin'),
        ('resources', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(refuse_old_links, migrations.RunPython.noop),
        migrations.DeleteModel(
            name='Link',
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('number', models.CharField(max_length=60)),
                ('rank', models.PositiveSmallIntegerField()),
                ('quantity', models.BigIntegerField(null=True)),
                ('lot', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='production.part')),
                ('unit_code', models.CharField(default='1', max_length=4)),
            ],
            options={
                'permissions': [('install_parts', 'Can install and remove parts'), ('book_lot', 'Can book, split and merge lots of parts'), ('pack_box', 'Can pack units into boxes and take them out')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links_down', to='production.part')),
                ('child', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links_up', to='production.part')),
                ('lot', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links_of_lot', to='production.part')),
                ('kind', models.CharField(max_length=20)),
                ('parent_rank', models.PositiveSmallIntegerField()),
                ('child_rank', models.PositiveSmallIntegerField()),
                ('position', models.PositiveIntegerField()),
                ('quantity', models.BigIntegerField(default=1)),
                ('unit_code', models.CharField(default='1', max_length=4)),
                ('installed_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='jointset',
            name='joints_once',
        ),
        migrations.RemoveConstraint(
            model_name='jointset',
            name='joints_counted',
        ),
        migrations.AddField(
            model_name='jointset',
            name='batch',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='jointset',
            name='waveform',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.storedfile'),
        ),
        migrations.AddConstraint(
            model_name='jointset',
            constraint=models.UniqueConstraint(fields=('step', 'characteristic', 'batch'), name='joints_once'),
        ),
        migrations.AddConstraint(
            model_name='jointset',
            constraint=models.CheckConstraint(condition=models.Q(('batch__gte', 1), ('n__gte', 1), ('n_failed__lte', models.F('n'))), name='joints_counted'),
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(fields=['lot'], name='part_by_lot'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('number', 'kind'), name='part_once'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('kind', ''), _negated=True)), name='part_has_kind_and_number'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__endswith', '-lot'), ('rank__lt', 100)), models.Q(models.Q(('kind__endswith', '-lot'), _negated=True), ('rank__gte', 100)), _connector='OR'), name='part_is_serial_or_lot'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quantity__gte', 1), ('quantity__isnull', False), ('rank__lt', 100)), models.Q(('quantity__isnull', True), ('rank__gte', 100), ('unit_code', '1')), _connector='OR'), name='part_lot_has_a_quantity'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(('lot__isnull', True), ('rank__gte', 100), _connector='OR'), name='part_of_lot_has_a_serial'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(('unit_code__in', ('1', 'mm', 'mg', 'mm3'))), name='part_in_a_base_unit'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'group'), _negated=True), ('rank', 200), _connector='OR'), name='part_rank_of_group'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'module'), _negated=True), ('rank', 300), _connector='OR'), name='part_rank_of_module'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pack'), _negated=True), ('rank', 400), _connector='OR'), name='part_rank_of_pack'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'box'), _negated=True), ('rank', 500), _connector='OR'), name='part_rank_of_box'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pallet'), _negated=True), ('rank', 600), _connector='OR'), name='part_rank_of_pallet'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['child', 'parent'], name='link_up'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['lot', 'parent'], name='link_of_lot'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('parent', 'child', 'position', 'installed_at'), name='link_stated_once'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(condition=models.Q(('child_rank__gte', 100), ('removed_at__isnull', True)), fields=('child',), name='part_in_one_assembly'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(condition=models.Q(('position__gte', 1), ('removed_at__isnull', True)), fields=('parent', 'position', 'kind'), name='place_holds_one_part'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('parent_rank__gt', models.F('child_rank'))), name='link_leads_upward'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('child_rank__lt', 100), ('lot', models.F('child')), ('quantity__gte', 1)), models.Q(('child_rank__gte', 100), ('quantity', 1), ('unit_code', '1')), _connector='OR'), name='link_of_a_piece_or_a_quantity'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('unit_code__in', ('1', 'mm', 'mg', 'mm3'))), name='link_in_a_base_unit'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), ('removed_at__gte', models.F('installed_at')), _connector='OR'), name='link_removed_after_installed'),
        ),
    ]
