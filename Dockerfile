# vambe-mock in a container. docs/docker.md says how it is built, run and was tried.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_PYTHON=/opt/vambe-mock/bin/python
WORKDIR /build
COPY requirements.lock ./
# The lock is complete: nothing is resolved, so nothing that an index offers can change what is installed.
RUN python3 -m venv --without-pip /opt/vambe-mock \
    && pip install --quiet --no-deps --require-hashes --only-binary :all: -r requirements.lock
COPY . ./
# The lock also has what builds the project; a server needs none of it.
RUN pip install --quiet --no-deps --no-build-isolation . \
    && pip uninstall --quiet --yes editables hatchling packaging pathspec pip pluggy tomlkit trove-classifiers \
    && pip check

FROM python:3.13-slim-trixie
RUN useradd --uid 8262 --no-create-home --shell /usr/sbin/nologin vambe-mock \
    && install --directory --mode 1777 /run/vambe-mock
COPY --from=build /opt/vambe-mock /opt/vambe-mock
# Listen on all addresses here, and only here (`listens-everywhere-in-container`): who reaches the container is decided
# where its port is published (docker run --publish). serve writes its URL into the file, and readyz asks there and
# nowhere else, so the health check follows the port, flag or not (`health-follows-port`).
ENV PATH=/opt/vambe-mock/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAMBE_MOCK_HOST=0.0.0.0 \
    VAMBE_MOCK_URL_FILE=/run/vambe-mock/url
USER 8262
EXPOSE 8262
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 CMD ["vambe-mock", "readyz"]
ENTRYPOINT ["vambe-mock"]
CMD ["serve"]
