package deliver_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
)

const childURL = "KAKEHASHI_DELIVER_CHILD"

func TestMain(m *testing.M) {
	if u := os.Getenv(childURL); u != "" {
		child(u)
	}
	os.Exit(m.Run())
}

// child keeps and sends messages without end, and says on its standard output
// which were acknowledged, and which went out. It ends by being killed.
func child(u string) {
	d, err := db.Open(context.Background(), db.Config{URL: u, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	s := service(&testing.B{}, d, mail.NewMailbox(d))
	if err := s.Start(context.Background()); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for c := range 8 {
		go func() {
			for i := 0; ; i++ {
				person := db.NewID()
				err := d.Write(context.Background(), db.System, func(tx *db.Tx) error {
					return s.Send(tx, deliver.Message{To: person, Kind: "test.hello", Data: hello{"会議室"}, Urgent: (c+i)%10 == 0})
				})
				if err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				fmt.Fprintln(os.Stdout, "ack", int64(person))
			}
		}()
	}
	select {}
}

func TestKill_AcknowledgedMessagesGoOutAfterTheRestart(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			u := dbtest.URL(t, e)
			d, err := db.Open(t.Context(), db.Config{URL: u, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Migrate(t.Context(), tables); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			acked := map[string]bool{}
			for range 3 {
				killAfter(t, u, 300, acked)
			}
			d = dbtest.OpenURL(t, u)
			if e == db.Postgres { // the dead nodes' claims end
				write(t, d, func(tx *db.Tx) error {
					_, err := tx.Exec(`UPDATE deliveries SET due = 1 WHERE claim <> 0`)
					return err
				})
			}
			start(t, service(t, d, mail.NewMailbox(d)))
			settled(t, d, deliver.Counts{})
			before := len(acked)
			persons := read(t, d, func(tx *db.Tx) ([]int64, error) {
				return db.All(tx, func(n *int64) []any { return []any{n} }, `SELECT person FROM mailbox`)
			})
			for _, p := range persons {
				delete(acked, fmt.Sprint(p))
			}
			if len(acked) > 0 || before < 900 {
				t.Errorf("%d of %d acknowledged messages never went out", len(acked), before)
			}
		})
	}
}

// killAfter runs a child until it has acknowledged n messages, kills it without
// warning, and adds what it acknowledged.
func killAfter(t *testing.T, u string, n int, acked map[string]bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+u)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 1; lines.Scan(); seen++ {
		word, i, _ := strings.Cut(lines.Text(), " ")
		if word != "ack" {
			t.Errorf("child: %s", lines.Text())
			break
		}
		acked[i] = true
		if seen == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child ended with %v, want to have been killed", err)
	}
}
