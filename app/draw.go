package app

import (
	"context"
	"flag"
	"fmt"
	"os"

	"kakehashi/engines/draw/check"
)

// drawVerifyCommand runs the draw of a proof again, without a city: whoever
// lost may do so on their own computer.
func drawVerifyCommand(fs *flag.FlagSet) func(context.Context, *run, []string) error {
	published := fs.String("commit", "", "the hash that was published before the draw; another one is refused")
	return func(_ context.Context, r *run, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		rep, err := check.Proof(f)
		if err != nil {
			return fmt.Errorf("%s does not hold: %w", args[0], err)
		}
		if *published != "" && *published != rep.Commit {
			return fmt.Errorf("%s is of another entry list: it was committed to as %s, not as %s", args[0], rep.Commit, *published)
		}
		_, err = fmt.Fprintf(r.out, "OK: %s\n  entries %d, won %d, mode %s\n  source  %s\n  seed    %s\n  commit  %s\nCompare the commit with the hash that was published before the draw, and the seed's values with their source.\n",
			rep.Title, rep.Entries, rep.Won, rep.Mode, rep.Source, rep.Seed, rep.Commit)
		return err
	}
}
