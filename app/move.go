package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
)

// migrateCommand brings the tables up to date, or moves a city to another
// engine and proves that it arrived whole.
func migrateCommand(fs *flag.FlagSet) func(context.Context, *run, []string) error {
	from := fs.String("from", "", "database to move from: sqlite:PATH or postgres://…; nobody may be using it")
	to := fs.String("to", "", "empty database to move to")
	return func(ctx context.Context, r *run, args []string) error {
		switch {
		case len(args) > 0 || (*from == "") != (*to == ""):
			return errUsage
		case *from != "" && *from == *to:
			return errors.New("--from and --to name the same database")
		case *from != "":
			return moveCity(ctx, r, *from, *to)
		}
		c, err := openCity(ctx, r.cfg, r.log, orNew)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.migrate(ctx); err != nil {
			return err
		}
		fmt.Fprintln(r.out, "the tables are up to date")
		return nil
	}
}

// moveCity copies every row of one database into another, empty one, and
// compares both sides, table by table. The source stays as it is.
func moveCity(ctx context.Context, r *run, from, to string) error {
	source, target := *r.cfg, *r.cfg
	source.Database, target.Database = from, to
	a, err := openCity(ctx, &source, r.log, existing)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.mustHoldTables(ctx); err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	if err := a.migrate(ctx); err != nil {
		return err
	}
	b, err := openCity(ctx, &target, r.log, orNew)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.mustBeEmpty(ctx); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	sent, got := newSums(), newSums()
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(a.deps.DB.Dump(ctx, io.MultiWriter(pw, sent))) }()
	err = b.deps.DB.Load(ctx, pr)
	pr.CloseWithError(err) // ends the dump, when it was the load that failed
	if err != nil {
		return err
	}
	if err := b.deps.DB.Dump(ctx, got); err != nil {
		return err
	}
	want, have := sent.tables(), got.tables()
	if !maps.Equal(want, have) {
		return fmt.Errorf("the databases differ after the move, in %v: do not use the new one", different(want, have))
	}
	rows := 0
	for _, t := range want {
		rows += t.rows
	}
	fmt.Fprintf(r.out, "moved %d rows of %d tables, and found them equal on both sides\n", rows, len(want))
	fmt.Fprintf(r.out, "from now on: --database %s; the data folder and the key file stay where they are\n", b.deps.DB.Engine()+":…")
	return nil
}

// mustBeEmpty migrates the city and fails when somebody lives in it.
func (c *city) mustBeEmpty(ctx context.Context) error {
	if err := c.migrate(ctx); err != nil {
		return err
	}
	filled, err := c.filled(ctx)
	if err == nil && filled {
		err = errors.New("the database to fill is not empty")
	}
	return err
}

// sum is what a table comes to: its rows in number, and a hash of them and of
// the columns, in the order of their keys.
type sum struct {
	rows int
	hash [sha256.Size]byte
}

// sums takes a dump and sums up its tables.
type sums struct {
	done  map[string]sum
	table string
	rows  int
	hash  hash.Hash
	rest  []byte // of a line that has not ended
}

func newSums() *sums { return &sums{done: map[string]sum{}, hash: sha256.New()} }

// Write takes a piece of a dump, which has one value a line.
func (s *sums) Write(b []byte) (int, error) {
	for piece := range bytes.Lines(b) {
		if piece[len(piece)-1] != '\n' {
			s.rest = append(s.rest, piece...)
			continue
		}
		line := piece
		if len(s.rest) > 0 {
			line = append(s.rest, piece...)
		}
		if err := s.line(line); err != nil {
			return 0, err
		}
		s.rest = s.rest[:0]
	}
	return len(b), nil
}

func (s *sums) line(line []byte) error {
	if line[0] == '[' {
		s.rows++
		s.hash.Write(line)
		return nil
	}
	s.end()
	var head struct {
		Table string `json:"table"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	if s.table = head.Table; s.table != "" {
		s.hash.Write(line)
	}
	return nil
}

// end finishes the table that was being read.
func (s *sums) end() {
	if s.table != "" {
		s.done[s.table] = sum{s.rows, [sha256.Size]byte(s.hash.Sum(nil))}
	}
	s.rows = 0
	s.hash.Reset()
}

// tables returns the sum of every table of the dump.
func (s *sums) tables() map[string]sum {
	s.end()
	s.table = ""
	return s.done
}

// different names the tables that two databases do not have alike.
func different(a, b map[string]sum) (names []string) {
	for name, sum := range a {
		if other, ok := b[name]; !ok || other != sum {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
