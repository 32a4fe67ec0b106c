<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:odm="http://www.cdisc.org/ns/odm/v1.3">
  <xsl:output method="html" encoding="UTF-8"/>
  <xsl:template match="/"><html><body><h1><xsl:value-of select="//odm:StudyName"/></h1></body></html></xsl:template>
</xsl:stylesheet>
