-- Two databases on one server, each with its own owner who is no superuser and may not open the other.
-- Run once by the postgres image, on a new volume. Passwords come from the environment, never from a command line.
\set ON_ERROR_STOP on
\getenv airflow_password AIRFLOW_DATABASE_PASSWORD
\getenv index_password INDEX_DATABASE_PASSWORD

CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE DATABASE airflow OWNER airflow;
REVOKE ALL ON DATABASE airflow FROM PUBLIC;

CREATE ROLE resident_index LOGIN PASSWORD :'index_password';
CREATE DATABASE resident_index OWNER resident_index;
REVOKE ALL ON DATABASE resident_index FROM PUBLIC;
