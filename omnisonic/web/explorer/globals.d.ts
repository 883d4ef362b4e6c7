/** File names of the built workers, put in by build.mjs. */
declare const WORKERS: { editor: string; graphql: string; json: string };

declare module '*.graphql' {
  const text: string;
  export default text;
}

declare module '*.css';
declare module 'graphiql/style.css';
