# Stand-ins for the servers' images that deploy/image/compose.yaml names, where no registry can be reached: Debian's
# servers, and Kafka's own jars with the wrapper of its image, which reads the same environment. What starts, what it is
# told by compose, and what a health check runs, is as in the images they stand for; nothing else is.
ARG BASE=localhost/hotline-base:bookworm

FROM ${BASE} AS kafka
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null && \
    useradd --uid 1000 appuser && \
    install -d -o appuser -g appuser /opt/kafka/bin /opt/kafka/config /var/lib/kafka/data /etc/kafka/docker /mnt/shared/config && \
    touch /etc/kafka/docker/server.properties /etc/kafka/docker/log4j2.yaml /etc/kafka/docker/tools-log4j2.yaml && \
    chown -R appuser /etc/kafka
COPY --from=jars . /opt/kafka/libs
RUN printf '#!/bin/sh\nexec java -Xmx64m -XX:TieredStopAtLevel=1 -cp "/opt/kafka/libs/*" org.apache.kafka.tools.BrokerApiVersionsCommand "$@"\n' \
      >/opt/kafka/bin/kafka-broker-api-versions.sh && \
    printf '%s\n' '#!/bin/sh' 'set -e' 'export CLUSTER_ID="${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}"' \
      'setup() { java -Xmx64m -cp "/opt/kafka/libs/*" kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config 2>&1; }' \
      'said=$(setup) || echo "$said" | grep -qi "already formatted" || { echo "$said"; exit 1; }' \
      'exec java -Xmx256m -XX:+UseSerialGC -cp "/opt/kafka/libs/*" kafka.Kafka /opt/kafka/config/server.properties' >/etc/kafka/docker/run && \
    chmod 755 /opt/kafka/bin/kafka-broker-api-versions.sh /etc/kafka/docker/run
USER appuser
VOLUME /var/lib/kafka/data
CMD ["/etc/kafka/docker/run"]

FROM ${BASE} AS redis
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null
USER redis
CMD ["redis-server", "--protected-mode", "no"]

FROM ${BASE} AS postgres
RUN mkdir -p /etc/postgresql-common/createcluster.d && \
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/hotline.conf && \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 >/dev/null && \
    install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data && \
    ln -s /usr/lib/postgresql/15/bin/postgres /usr/local/bin/postgres
# As the image it stands for: while it makes its data, a server answers on its socket alone.
RUN printf '%s\n' '#!/bin/bash' 'set -e' 'export PGDATA=/var/lib/postgresql/data PATH=$PATH:/usr/lib/postgresql/15/bin' \
      'if [ ! -s "$PGDATA/PG_VERSION" ]; then' \
      '  initdb --username="$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") --auth-host=scram-sha-256 >/dev/null' \
      '  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"' \
      '  pg_ctl -w start -o "-c listen_addresses=" >/dev/null' \
      '  createdb --username="$POSTGRES_USER" "$POSTGRES_DB"' \
      '  pg_ctl -w -m fast stop >/dev/null' \
      'fi' \
      'exec "$@" -c "listen_addresses=*"' >/usr/local/bin/docker-entrypoint.sh && chmod 755 /usr/local/bin/docker-entrypoint.sh
USER postgres
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]

FROM ${BASE} AS nginx
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null && \
    ln -sf /dev/stderr /var/log/nginx/error.log
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
