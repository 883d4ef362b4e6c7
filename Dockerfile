# The service alone, for docker-compose.yml; Neo4j is a container of its own.
FROM python:3.13.1-slim-bookworm
WORKDIR /app
COPY requirements.lock pyproject.toml LICENSE ./
RUN pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && python scripts/build-web \
    && rm -rf node_modules .venv \
    && useradd --system --create-home --uid 10001 omnisonic \
    && install -d -o omnisonic /data
USER omnisonic
VOLUME /data
EXPOSE 8000
CMD ["omnisonic", "up", "--host", "0.0.0.0", "--data-dir", "/data"]
