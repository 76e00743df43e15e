package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// notifyInterval is the time between two messages of a node at least.
const notifyInterval = 20 * time.Millisecond

// news is the payload of a notification: who says it, and what changed.
type news struct {
	Node   int64    `json:"node"`
	Topics []string `json:"topics"`
}

// announcePostgres tells of changes by NOTIFY, in a statement of its own: in
// the transactions it would make them commit one after the other. It hears by
// LISTEN on a connection of its own.
func (d *DB) announcePostgres(c *pgx.ConnConfig) {
	channel := "kakehashi_" + hash(c.RuntimeParams["search_path"])
	send := func(ctx context.Context, node int64, topics []string) error {
		text, err := json.Marshal(news{node, topics})
		if err != nil {
			return err
		}
		_, err = d.pool.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, string(text))
		return err
	}
	d.announce = newAnnouncer(d.log, notifyInterval, send, func(ctx context.Context, node int64) {
		for ctx.Err() == nil {
			err := d.listenPostgres(ctx, c, channel, node)
			if ctx.Err() == nil {
				d.log.Warn("lost the connection that hears of other nodes' changes", "error", err)
				pause(ctx, listenPause)
			}
		}
	})
}

// listenPostgres hears the other nodes until the connection or ctx ends.
// What happened before it listened is unknown, so everything is renewed.
func (d *DB) listenPostgres(ctx context.Context, c *pgx.ConnConfig, channel string, node int64) error {
	c = c.Copy()
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: conn.Conn()} // waiting in vain needs no cancel request
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return err
	}
	d.topics.touchAll()
	var seen int64
	for looked := time.Now(); ; {
		next, cancel := context.WithDeadline(ctx, looked.Add(fallbackPoll))
		n, err := conn.WaitForNotification(next)
		cancel()
		if err != nil && (ctx.Err() != nil || conn.IsClosed() || !errors.Is(err, context.DeadlineExceeded)) {
			return err
		}
		if err == nil {
			var said news
			if json.Unmarshal([]byte(n.Payload), &said) == nil && said.Node != node {
				d.topics.hear(said.Topics)
			}
			continue
		}
		looked = time.Now()
		var written int64
		err = conn.QueryRow(ctx, `SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
			FROM pg_stat_user_tables WHERE schemaname = current_schema()`).Scan(&written)
		if err != nil {
			return err
		}
		if written != seen {
			seen = written
			d.topics.all.Add(1)
		}
	}
}

// hash returns a short name for a schema, fit for an identifier.
func hash(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return fmt.Sprintf("%016x", h.Sum64())
}
