package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// sqlitePoll is the time between two looks for other processes' news.
const sqlitePoll = time.Second

// announceSQLite tells of changes in the table db_news, at most twice a
// second, and looks for others' news each second. An idle look reads nothing:
// PRAGMA data_version says whether anybody has committed. That it also grows
// with our own commits costs one query a second under load, and every page
// one more rendering each 30 seconds.
func (d *DB) announceSQLite(pool *sql.DB) {
	send := func(ctx context.Context, node int64, topics []string) error {
		return d.Write(ctx, System, func(tx *Tx) error {
			text, err := json.Marshal(topics)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO db_news (node, at, topics) VALUES ($1, $2, $3)`, node, time.Now(), string(text)); err != nil {
				return err
			}
			_, err = tx.Exec(`DELETE FROM db_news WHERE at < $1`, time.Now().Add(-time.Minute))
			return err
		})
	}
	d.announce = newAnnouncer(d.log, sqlitePoll/2, send, func(ctx context.Context, node int64) {
		defer pool.Close()
		l := sqliteListener{node: node, topics: d.topics, whole: time.Now()}
		for {
			if err := l.look(ctx, pool); err != nil && ctx.Err() == nil {
				d.log.Debug("cannot look for news", "error", err) // before the first Migrate
			}
			if !pause(ctx, sqlitePoll) {
				return
			}
		}
	})
}

type sqliteListener struct {
	node      int64
	topics    *topics
	version   int64     // data_version at the last look
	heard     int64     // newest news seen; the writers' order, as db_news counts by itself
	begun     bool      // heard is valid
	whole     time.Time // last look at everything
	wholeSeen int64     // data_version then
}

func (l *sqliteListener) look(ctx context.Context, pool *sql.DB) error {
	var version int64
	if err := pool.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version); err != nil {
		return err
	}
	if now := time.Now(); now.Sub(l.whole) >= fallbackPoll {
		if version != l.wholeSeen {
			l.topics.all.Add(1)
		}
		l.whole, l.wholeSeen = now, version
	}
	if version == l.version && l.begun {
		return nil
	}
	rows, err := pool.QueryContext(ctx, `SELECT id, node, topics FROM db_news WHERE id > $1 ORDER BY id`, l.heard)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var node int64
		var text string
		if err := rows.Scan(&l.heard, &node, &text); err != nil {
			return err
		}
		var names []string
		if l.begun && node != l.node && json.Unmarshal([]byte(text), &names) == nil {
			l.topics.hear(names)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	l.version, l.begun = version, true
	return nil
}
