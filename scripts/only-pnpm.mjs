// A plain `npm install` would write a second lock file and miss the workspace: say what to run instead.
if (!process.env.npm_config_user_agent?.startsWith('pnpm')) {
  console.error('This workspace is installed with pnpm. Run `npm run setup`: it fetches the right pnpm by itself.')
  process.exit(1)
}
