-- The login roles, the database, and what every new table grants to whom. Run once by the superuser, with psql.
-- Passwords come from the environment; running it again changes nothing but the passwords.
\set ON_ERROR_STOP on
\getenv owner_password NM_DATABASE_PASSWORD_OWNER
\getenv web_password NM_DATABASE_PASSWORD_WEB
\getenv worker_password NM_DATABASE_PASSWORD_WORKER
\getenv backup_password NM_DATABASE_PASSWORD_BACKUP

-- nm_owner owns and migrates. nm_web serves requests, nm_worker runs Celery: neither owns anything or bypasses the wall.
-- nm_backup reads everything for pg_dump, past the wall, and writes nothing.
select 'create role ' || name from unnest(array['nm_owner', 'nm_web', 'nm_worker', 'nm_backup']) name
 where not exists (select from pg_roles where rolname = name) \gexec
alter role nm_owner with login createdb nosuperuser nobypassrls nocreaterole password :'owner_password';
alter role nm_web with login nocreatedb nosuperuser nobypassrls nocreaterole password :'web_password';
alter role nm_worker with login nocreatedb nosuperuser nobypassrls nocreaterole password :'worker_password';
alter role nm_backup with login nocreatedb nosuperuser bypassrls nocreaterole password :'backup_password';
grant pg_read_all_data to nm_backup;
alter role nm_backup set default_transaction_read_only = on;
-- Planning time of JIT exceeds the run time of every query we have. The limits hold behind a pooler too.
alter role nm_web set jit = off;
alter role nm_web set lock_timeout = '10s';
alter role nm_web set idle_in_transaction_session_timeout = '60s';
alter role nm_worker set jit = off;
alter role nm_worker set lock_timeout = '10s';
alter role nm_worker set idle_in_transaction_session_timeout = '60s';

-- In template1, so that every database made later, the tests' too, starts with the same.
\connect template1
create extension if not exists btree_gist;
create extension if not exists pg_trgm;
create extension if not exists unaccent;
alter default privileges for role nm_owner grant select, insert, update, delete on tables to nm_web, nm_worker;
alter default privileges for role nm_owner grant usage, select on sequences to nm_web, nm_worker;

select 'create database nyemonstre owner nm_owner'
 where not exists (select from pg_database where datname = 'nyemonstre') \gexec
revoke connect, temporary on database nyemonstre from public;
grant connect on database nyemonstre to nm_web, nm_worker, nm_backup;
