package importing

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"kakehashi/domains/places/facility"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
)

var (
	errOneFile = errors.New("import facilities takes one FILE, - for the standard input")
	errFormat  = errors.New("--format is utf8, cp932 or xlsx")
	errLang    = errors.New("--lang is one of the ten languages, ja or en for example")
)

// Commands are `kakehashi import facilities` and `kakehashi export facilities`.
func Commands() []module.Command {
	return []module.Command{
		{Name: "import facilities", Usage: "FILE", Help: "take a list of public facilities (CSV or Excel, either open data layout)", Setup: setupImport},
		{Name: "export facilities", Usage: "[FILE]", Help: "write the facilities in the layout of 自治体標準オープンデータセット", Setup: setupExport},
	}
}

func setupImport(fs *flag.FlagSet) func(context.Context, module.Env, []string) error {
	lang := fs.String("lang", "en", "language in which reasons are told")
	return func(ctx context.Context, env module.Env, args []string) error {
		if len(args) != 1 {
			return errOneFile
		}
		l, ok := i18n.ParseLang(*lang)
		if !ok {
			return errLang
		}
		in := io.NopCloser(env.Stdin)
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			in = f
		}
		defer in.Close()
		sheet, err := table.Read(args[0], in, table.Limits{})
		if err != nil {
			return err
		}
		sum, err := Import(ctx, env.Deps.DB, db.Actor{Via: "cli"}, sheet)
		if err != nil {
			return err
		}
		return report(env.Stdout, sum, env.Deps.Catalog.For(l))
	}
}

// report writes the summary, and one line a refusal: row, column, reason.
func report(w io.Writer, sum table.Summary, loc *i18n.Localizer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, sum)
	for _, r := range sum.Refusals {
		fmt.Fprintf(out, "%d\t%s\t%s\n", r.Line, r.Column, loc.T(r.Key, r.Args...))
	}
	return out.Flush()
}

func setupExport(fs *flag.FlagSet) func(context.Context, module.Env, []string) error {
	format := fs.String("format", table.UTF8CSV.String(), "utf8, cp932 or xlsx")
	return func(ctx context.Context, env module.Env, args []string) (err error) {
		f, ok := table.ParseFormat(*format)
		if !ok {
			return errFormat
		}
		list, err := Everything(ctx, env.Deps.DB)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return Export(env.Stdout, f, list)
		}
		out, err := os.Create(args[0])
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		return Export(out, f, list)
	}
}

const page = 2000 // rows read at once

// Everything returns all facilities in use, in the order they came in.
func Everything(ctx context.Context, d *db.DB) (list []facility.Facility, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		list = nil
		for after := db.ID(0); ; {
			some, err := facility.All(tx, after, page)
			if err != nil {
				return err
			}
			for _, f := range some {
				after = f.ID
				if !f.Closed {
					list = append(list, f)
				}
			}
			if len(some) < page {
				return nil
			}
		}
	})
	return list, err
}
