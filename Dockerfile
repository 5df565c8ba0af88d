# Production image: web, worker, beat and the migrate job are the same image with different commands (docker-compose.yml).

# ── Stylesheets, scripts, fonts and icons from npm ──
FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# ── Python packages into one folder ──
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
RUN pip install --no-cache-dir uv
COPY requirements.lock requirements-s3.lock ./
RUN python -m venv /opt/venv \
    && uv pip install --python /opt/venv/bin/python --compile-bytecode --require-hashes -r requirements.lock -r requirements-s3.lock

# ── Translations, compiled; Babel is not needed afterwards ──
FROM packages AS catalogues
COPY requirements-dev.lock ./
RUN uv pip install --python /opt/venv/bin/python --constraint requirements-dev.lock babel
COPY nyemonstre/setup ./nyemonstre/setup
COPY locale ./locale
RUN /opt/venv/bin/python nyemonstre/setup/messages.py --compile

# ── What runs ──
FROM python:3.11-slim-bookworm AS runtime
# WeasyPrint loads these three.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --shell /usr/sbin/nologin nyemonstre
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=assets /build/node_modules ./node_modules
COPY manage.py ./
COPY nyemonstre ./nyemonstre
COPY families ./families
COPY documents ./documents
COPY consent ./consent
COPY assessments ./assessments
COPY plans ./plans
COPY referrals ./referrals
COPY history ./history
COPY templates ./templates
COPY static ./static
COPY --from=catalogues /build/locale ./locale
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=nyemonstre.settings \
    NM_STATIC_ROOT=/app/staticfiles
# Both made here: the running container writes nothing, and should not compile all of Python again at each start.
RUN python -m compileall -q . -x node_modules
# collectstatic reads the settings, and they want their answers; none of these values is kept.
RUN NM_SECRET_KEY=build NM_DATABASE_HOST=build NM_DATABASE_ROLE=owner NM_DATABASE_PASSWORD_OWNER=build NM_REDIS_URL=redis://build NM_MAIL_HOST=build NM_UPLOADS=/uploads \
    python manage.py collectstatic --noinput --verbosity 0
# New volumes take their owner from the folders they are mounted over.
RUN install --directory --owner=nyemonstre --mode=0700 /uploads /log-heads
USER nyemonstre
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=8s --start-period=20s --retries=3 \
    CMD ["python", "nyemonstre/setup/healthy.py", "web"]
CMD ["gunicorn", "nyemonstre.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--max-requests", "2000", "--max-requests-jitter", "200", "--access-logfile", "/dev/null", "--worker-tmp-dir", "/dev/shm"]
