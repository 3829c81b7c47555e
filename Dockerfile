# The image: one static binary and nothing else. It is compiled here,
#
#   docker build -t fiddlehead .
#
# or put in as packaging/build-static made it, without a base image from anywhere:
#
#   docker build -t fiddlehead --target prebuilt \
#       --build-context binary=target/static/x86_64-unknown-linux-gnu/release .
#
# (podman build takes the same, with --format docker so that the health check is kept.)

# All but the program.
FROM scratch AS bare
LABEL org.opencontainers.image.title="Fiddlehead" \
      org.opencontainers.image.description="Booking for people who sell packages of sessions" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
COPY LICENSE /LICENSE
# A number, as there is no list of users here. A volume that is made of this directory gets its owner.
COPY --chown=65532:65532 packaging/image/data /data
USER 65532:65532
# FIDDLEHEAD_BASE_URL, the address that people type, is left to whoever runs it: the program asks for it.
ENV FIDDLEHEAD_DATA_DIR=/data \
    FIDDLEHEAD_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["/fiddlehead", "healthcheck"]
ENTRYPOINT ["/fiddlehead"]
CMD ["serve"]

FROM bare AS prebuilt
COPY --from=binary --chmod=0755 fiddlehead /fiddlehead

FROM docker.io/library/rust:1.95-slim-bookworm AS compiled
WORKDIR /src
COPY . .
# The recipe that every release is built with, for the machine that builds.
RUN packaging/build-static "$(uname -m)" \
    && cp "target/static/$(uname -m)-unknown-linux-gnu/release/fiddlehead" /fiddlehead

FROM bare
COPY --from=compiled --chmod=0755 /fiddlehead /fiddlehead
