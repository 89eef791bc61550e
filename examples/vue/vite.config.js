import { defineConfig } from 'vite';

export default defineConfig({
  // The build of Vue that compiles templates in the page, so that this example needs no further tool.
  resolve: { alias: { vue: 'vue/dist/vue.esm-bundler.js' } },
});
