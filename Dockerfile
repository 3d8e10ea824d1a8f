# One image for every process: web, workers, beat, relay, provisioner, preparing. No secret is needed to build it.
# Where packages come from is pip's own affair: docker build --secret id=pip,src=$HOME/.config/pip/pip.conf . gives it a setting.
# Give PYTHON with a digest (python:3.11-slim-bookworm@sha256:…) where the base must be the same for ever.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS built
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/run.txt /requirements/run.txt
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    /venv/bin/python -m pip install --require-hashes --no-deps -r /requirements/run.txt
WORKDIR /app
COPY migrations migrations
COPY templates templates
COPY platform platform
COPY tenants tenants
COPY workers workers
ENV PYTHONPATH=/app/platform:/app
# What bin/env.sh and the first page make at run time: catalogues, fonts (for their owner alone, were it not for chmod),
# bytecode. Nothing is written into /app later.
RUN /venv/bin/pybabel -q compile -d platform/maagal/translations \
    && /venv/bin/python -m maagal.fonts /app/cache \
    && /venv/bin/python -m compileall -q /app \
    && chmod -R a+rX /app

FROM ${PYTHON}
RUN groupadd --gid 10001 maagal \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin maagal \
    && install -d -o 10001 -g 10001 -m 700 /data
COPY --from=built /venv /venv
COPY --from=built /app /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app/platform:/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MAAGAL_DATA=/data MAAGAL_CACHE=/app/cache
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "12", "maagal.wsgi:app"]
