# One image for every process: `web`, `worker QUEUE`, `clock`, `migrate`. SQLite and PostgreSQL, no compiler, no root.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.txt requirements-traces.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-traces.txt
COPY . .
# Styles and scripts, hashed and compressed. The keys are for this one command.
RUN SECRET_KEY=for-collecting-only STREAMHUB_ENCRYPTION_KEYS=for-collecting-only STREAMHUB_STATIC=/app/static \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin streamhub \
    && install --directory --owner streamhub --group streamhub --mode 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STREAMHUB_DATA=/data \
    STREAMHUB_STATIC=/app/static
USER streamhub
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "manage.py"]
CMD ["web", "--host", "0.0.0.0", "--port", "8000"]
