# One image for every Airflow service and for the index's commands. No secret is needed to build it, none is in it.
FROM python:3.12.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.lock /build/
RUN /opt/venv/bin/pip install --require-hashes -r /build/requirements.lock
COPY pyproject.toml README.md /build/
COPY linkage /build/linkage
COPY expectations /build/expectations
COPY pipeline /build/pipeline
COPY service /build/service
COPY sample_data /build/sample_data
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation /build

FROM python:3.12.12-slim-bookworm
RUN groupadd --gid 50000 airflow \
    && useradd --uid 50000 --gid airflow --no-create-home --shell /usr/sbin/nologin airflow \
    && install --directory --owner airflow --group airflow --mode 0750 /var/lib/airflow/logs /var/lib/residents-index
COPY --from=build /opt/venv /opt/venv
COPY dags /opt/residents-index/dags
COPY --chmod=0755 deploy/with_login.py /usr/local/bin/with-login
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 50000:50000
