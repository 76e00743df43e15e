// Package i18ntest proves that messages are complete in ten languages, and that
// each message that is asked for exists and each that exists is asked for.
package i18ntest
