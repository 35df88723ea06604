import { fileURLToPath } from "node:url";
import express, { Router } from "express";
import { securityHeaders } from "./security-headers.ts";

export const sharedFiles = fileURLToPath(new URL("./files", import.meta.url));

/** What all pages are made of, at `/pages/files`: style, elements, icon. It holds no secrets. */
export function createPageFiles(): Router {
  const routes = Router();
  routes.use("/pages/files", securityHeaders, filesIn(sharedFiles));
  return routes;
}

/** A page's own files, at an address that mirrors the folders, so that they import one another. */
export function filesIn(folder: string) {
  return express.static(folder, { index: false, cacheControl: false });
}
