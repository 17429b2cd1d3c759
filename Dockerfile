# syntax=docker/dockerfile:1
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -DskipTests -Dcrossfk.format.skip=true -pl listener -am package && \
    mkdir /crossfk && \
    tar -xzf listener/target/crossfk-*.tar.gz -C /crossfk --strip-components=1

FROM eclipse-temurin:25-jre
COPY --from=build /crossfk /opt/crossfk
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /etc/crossfk
# Half of the memory or a little more is heap; the rest is for buffers, threads and compiled code. CROSSFK_OPTS stays free for whoever runs it.
ENV JAVA_OPTS="-XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError"
# The script replaces itself by the JVM, which therefore gets the signals.
ENTRYPOINT ["/opt/crossfk/bin/crossfk"]
CMD ["run", "-c", "/etc/crossfk/crossfk.yaml"]
