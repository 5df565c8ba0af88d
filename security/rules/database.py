from django.db.models.expressions import RawSQL


def queries(cursor, rows, name, pk):
    # ruleid: sql-put-together
    cursor.execute(f"select * from families_family where name = '{name}'")
    # ruleid: sql-put-together
    cursor.execute("select * from families_family where name = '%s'" % name)
    # ruleid: sql-put-together
    cursor.execute("select * from families_family where name = " + name)
    # ruleid: sql-put-together
    rows.extra(where=[name])
    # ruleid: sql-put-together
    RawSQL(f"lower({name})", ())
    # ok: sql-put-together
    cursor.execute("select * from families_family where name = %s", [name])
    # ruleid: actor-of-a-session
    cursor.execute("select set_config('app.user_id', %s, false)", [pk])
    # ruleid: actor-of-a-session
    cursor.execute("set app.user_id = '1'")
    # ruleid: actor-of-a-session
    cursor.execute("set role nm_owner")
    # ok: actor-of-a-session
    cursor.execute("select set_config('app.user_id', %s, true)", [pk])
