// Shots takes a picture of every page of the demo city: on a phone and at a
// desk, in Japanese and in Vietnamese. `make shots` runs it; a person opens
// the pictures.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"kakehashi/test/browser"
)

func main() {
	out := flag.String("out", "shots", "folder of the pictures")
	only := flag.String("only", "", "pages whose name this regular expression finds")
	langs := flag.String("langs", "ja,vi", "languages, as Accept-Language has them")
	flag.Parse()
	names, err := regexp.Compile(*only)
	if err == nil {
		err = shoot(*out, names, strings.Split(*langs, ","))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

func shoot(out string, only *regexp.Regexp, langs []string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kakehashi-shots-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	demo, err := browser.StartDemo(dir)
	if err != nil {
		return err
	}
	defer demo.Stop()
	b, err := browser.StartBrowser()
	if err != nil {
		return err
	}
	defer b.Close()
	for _, lang := range langs {
		for screen, width := range map[string]int64{"phone": browser.Phone, "desk": browser.Desk} {
			if err := shootAll(b, demo, out, only, lang, screen, width); err != nil {
				return err
			}
		}
	}
	return nil
}

// shootAll takes every page at one screen in one language. A person's own
// language wins over the browser's, so the language is chosen after sign-in.
func shootAll(b *browser.Browser, demo *browser.Demo, out string, only *regexp.Regexp, lang, screen string, width int64) error {
	visitors := map[string]*browser.Visitor{}
	defer func() {
		for _, v := range visitors {
			v.Close()
		}
	}()
	for _, p := range browser.Pages() {
		if !only.MatchString(p.Name) {
			continue
		}
		v, ok := visitors[p.As]
		if !ok {
			var err error
			if v, err = b.Visit(demo, width, lang); err != nil {
				return err
			}
			visitors[p.As] = v
			if err := v.SignInAs(p.As); err != nil {
				return fmt.Errorf("sign in as %s: %w", p.As, err)
			}
			if p.As != "" {
				if _, err := v.Go("/language/" + lang + "?back=/"); err != nil {
					return err
				}
			}
		}
		status, err := p.Open(v)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s %s %s: %v\n", p.Name, lang, screen, err)
			continue
		}
		png, err := v.Shot()
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		name := fmt.Sprintf("%s.%s.%s.png", p.Name, screen, lang)
		if err := os.WriteFile(filepath.Join(out, name), png, 0o644); err != nil {
			return err
		}
		fmt.Println(status, name)
	}
	return nil
}
