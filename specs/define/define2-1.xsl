<?xml version="1.0" encoding="UTF-8"?>
<!-- Shows a define.xml of version 2.1 or 2.0, with analysis results, as one page. XSLT 1.0, no script. -->
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:odm="http://www.cdisc.org/ns/odm/v1.3"
  xmlns:arm="http://www.cdisc.org/ns/arm/v1.0"
  xmlns:xlink="http://www.w3.org/1999/xlink"
  exclude-result-prefixes="odm arm xlink">

  <xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat" indent="no"/>

  <!-- the elements of Define-XML are named without their namespace, which tells the version -->
  <xsl:key name="item" match="odm:ItemDef" use="@OID"/>
  <xsl:key name="group" match="odm:ItemGroupDef" use="@OID"/>
  <xsl:key name="group-of" match="odm:ItemGroupDef" use="odm:ItemRef/@ItemOID"/>
  <xsl:key name="codelist" match="odm:CodeList" use="@OID"/>
  <xsl:key name="method" match="odm:MethodDef" use="@OID"/>
  <xsl:key name="comment" match="*[local-name() = 'CommentDef']" use="@OID"/>
  <xsl:key name="values" match="*[local-name() = 'ValueListDef']" use="@OID"/>
  <xsl:key name="where" match="*[local-name() = 'WhereClauseDef']" use="@OID"/>
  <xsl:key name="leaf" match="*[local-name() = 'leaf']" use="@ID"/>
  <xsl:key name="standard" match="*[local-name() = 'Standard']" use="@OID"/>

  <xsl:variable name="metadata" select="/odm:ODM/odm:Study/odm:MetaDataVersion"/>
  <xsl:variable name="study" select="/odm:ODM/odm:Study/odm:GlobalVariables"/>
  <xsl:variable name="displays" select="$metadata/arm:AnalysisResultDisplays/arm:ResultDisplay"/>
  <xsl:variable name="lists" select="$metadata/odm:CodeList[not(odm:ExternalCodeList)]"/>
  <xsl:variable name="dictionaries" select="$metadata/odm:CodeList[odm:ExternalCodeList]"/>
  <xsl:variable name="comments" select="$metadata/*[local-name() = 'CommentDef']"/>
  <xsl:variable name="documents" select="$metadata/*[local-name() = 'leaf']"/>

  <xsl:template match="/">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title><xsl:value-of select="concat($study/odm:StudyName, ' - Define-XML')"/></title>
        <style><xsl:call-template name="style"/></style>
      </head>
      <body>
        <nav aria-label="Contents"><xsl:call-template name="contents"/></nav>
        <main>
          <xsl:call-template name="head"/>
          <xsl:if test="$displays"><xsl:call-template name="results"/></xsl:if>
          <xsl:call-template name="datasets"/>
          <xsl:apply-templates select="$metadata/odm:ItemGroupDef"/>
          <xsl:if test="$lists"><xsl:call-template name="codelists"/></xsl:if>
          <xsl:if test="$dictionaries"><xsl:call-template name="dictionaries"/></xsl:if>
          <xsl:if test="$metadata/odm:MethodDef"><xsl:call-template name="methods"/></xsl:if>
          <xsl:if test="$comments"><xsl:call-template name="comments"/></xsl:if>
        </main>
      </body>
    </html>
  </xsl:template>

  <!-- contents -->
  <xsl:template name="contents">
    <p class="study"><a href="#top"><xsl:value-of select="$study/odm:StudyName"/></a></p>
    <ul>
      <xsl:if test="$documents"><li><a href="#documents">Documents</a></li></xsl:if>
      <xsl:if test="$displays">
        <li><a href="#results">Analysis results</a>
          <ul>
            <xsl:for-each select="$displays">
              <li><a href="#{generate-id()}" title="{odm:Description/odm:TranslatedText}"><xsl:value-of select="@Name"/></a></li>
            </xsl:for-each>
          </ul>
        </li>
      </xsl:if>
      <li><a href="#datasets">Datasets</a>
        <ul class="names">
          <xsl:for-each select="$metadata/odm:ItemGroupDef">
            <li><a href="#{generate-id()}" title="{odm:Description/odm:TranslatedText}"><xsl:value-of select="@Name"/></a></li>
          </xsl:for-each>
        </ul>
      </li>
      <xsl:if test="$lists"><li><a href="#codelists">Codelists</a></li></xsl:if>
      <xsl:if test="$dictionaries"><li><a href="#dictionaries">Dictionaries</a></li></xsl:if>
      <xsl:if test="$metadata/odm:MethodDef"><li><a href="#methods">Methods</a></li></xsl:if>
      <xsl:if test="$comments"><li><a href="#comments">Comments</a></li></xsl:if>
    </ul>
  </xsl:template>

  <!-- study, standards, documents -->
  <xsl:template name="head">
    <header id="top">
      <h1><xsl:value-of select="$study/odm:StudyName"/></h1>
      <p class="lead"><xsl:value-of select="$study/odm:StudyDescription"/></p>
      <dl>
        <dt>Protocol</dt><dd><xsl:value-of select="$study/odm:ProtocolName"/></dd>
        <dt>Metadata</dt>
        <dd>
          <xsl:value-of select="$metadata/@Name"/>
          <xsl:if test="$metadata/@Description"><span class="more"><xsl:value-of select="$metadata/@Description"/></span></xsl:if>
          <xsl:call-template name="comment"><xsl:with-param name="oid" select="$metadata/@*[local-name() = 'CommentOID']"/></xsl:call-template>
        </dd>
        <xsl:if test="$metadata/@*[local-name() = 'StandardName']">
          <dt>Standard</dt>
          <dd><xsl:value-of select="concat($metadata/@*[local-name() = 'StandardName'], ' ', $metadata/@*[local-name() = 'StandardVersion'])"/></dd>
        </xsl:if>
        <xsl:if test="$metadata/*[local-name() = 'Standards']">
          <dt>Standards</dt>
          <dd>
            <xsl:for-each select="$metadata/*[local-name() = 'Standards']/*">
              <div>
                <xsl:apply-templates select="." mode="name"/>
                <xsl:if test="@Status"><span class="quiet"><xsl:value-of select="concat(' (', @Status, ')')"/></span></xsl:if>
                <xsl:call-template name="comment"><xsl:with-param name="oid" select="@*[local-name() = 'CommentOID']"/></xsl:call-template>
              </div>
            </xsl:for-each>
          </dd>
        </xsl:if>
        <dt>Define-XML</dt>
        <dd>
          <xsl:value-of select="concat($metadata/@*[local-name() = 'DefineVersion'], ', made ', substring(/odm:ODM/@CreationDateTime, 1, 10))"/>
          <xsl:if test="/odm:ODM/@SourceSystem"><xsl:value-of select="concat(', source ', /odm:ODM/@SourceSystem, ' ', /odm:ODM/@SourceSystemVersion)"/></xsl:if>
        </dd>
        <xsl:if test="$documents">
          <dt id="documents">Documents</dt>
          <dd>
            <xsl:for-each select="$documents">
              <xsl:variable name="id" select="@ID"/>
              <div>
                <a><xsl:call-template name="address"><xsl:with-param name="to" select="@xlink:href"/></xsl:call-template><xsl:value-of select="*[local-name() = 'title']"/></a>
                <xsl:if test="$metadata/*[local-name() = 'AnnotatedCRF']/*[@leafID = $id]"><span class="quiet"> annotated CRF</span></xsl:if>
              </div>
            </xsl:for-each>
          </dd>
        </xsl:if>
      </dl>
    </header>
  </xsl:template>

  <xsl:template match="*[local-name() = 'Standard']" mode="name">
    <xsl:value-of select="@Name"/>
    <xsl:if test="@PublishingSet"><xsl:value-of select="concat(' ', @PublishingSet)"/></xsl:if>
    <xsl:value-of select="concat(' ', @Version)"/>
  </xsl:template>

  <!-- datasets -->
  <xsl:template name="datasets">
    <section id="datasets">
      <h2>Datasets</h2>
      <div class="wide"><table>
        <thead><tr><th>Dataset</th><th>Label</th><th>Class</th><th>Structure</th><th>Purpose</th><th>Keys</th><th>Standard and remarks</th><th>File</th></tr></thead>
        <tbody><xsl:for-each select="$metadata/odm:ItemGroupDef">
          <tr>
            <td class="name"><a href="#{generate-id()}"><xsl:value-of select="@Name"/></a></td>
            <td><xsl:apply-templates select="odm:Description"/></td>
            <td>
              <xsl:value-of select="concat(@*[local-name() = 'Class'], *[local-name() = 'Class']/@Name)"/>
              <xsl:for-each select="*[local-name() = 'Class']//*[local-name() = 'SubClass']"><div class="quiet"><xsl:value-of select="@Name"/></div></xsl:for-each>
            </td>
            <td><xsl:value-of select="@*[local-name() = 'Structure']"/></td>
            <td><xsl:value-of select="@Purpose"/></td>
            <td><xsl:call-template name="keys"/></td>
            <td>
              <xsl:apply-templates select="key('standard', @*[local-name() = 'StandardOID'])" mode="name"/>
              <xsl:call-template name="marks"/>
              <xsl:call-template name="comment"><xsl:with-param name="oid" select="@*[local-name() = 'CommentOID']"/></xsl:call-template>
            </td>
            <td><xsl:for-each select="*[local-name() = 'leaf']"><a><xsl:call-template name="address"><xsl:with-param name="to" select="@xlink:href"/></xsl:call-template><xsl:value-of select="*[local-name() = 'title']"/></a></xsl:for-each></td>
          </tr>
        </xsl:for-each></tbody>
      </table></div>
    </section>
  </xsl:template>

  <xsl:template name="keys">
    <xsl:for-each select="odm:ItemRef[@KeySequence]">
      <xsl:sort select="@KeySequence" data-type="number"/>
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:value-of select="key('item', @ItemOID)/@Name"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="marks">
    <xsl:if test="@*[local-name() = 'IsNonStandard']"><span class="mark">non-standard</span></xsl:if>
    <xsl:if test="@*[local-name() = 'HasNoData']"><span class="mark">no data</span></xsl:if>
    <xsl:if test="@IsReferenceData = 'Yes'"><span class="mark">reference data</span></xsl:if>
  </xsl:template>

  <xsl:template match="odm:ItemGroupDef">
    <section id="{generate-id()}">
      <h2>
        <xsl:value-of select="@Name"/><xsl:text> </xsl:text>
        <span class="label"><xsl:apply-templates select="odm:Description"/></span>
      </h2>
      <p class="quiet">
        <xsl:value-of select="@*[local-name() = 'Structure']"/>
        <xsl:if test="odm:ItemRef/@KeySequence"> · keys <xsl:call-template name="keys"/></xsl:if>
      </p>
      <xsl:variable name="roles" select="odm:ItemRef/@Role"/>
      <div class="wide"><table class="variables">
        <thead><tr>
          <th>Variable</th><th>Label, or where</th><th>Type</th><th class="number">Length</th>
          <xsl:if test="$roles"><th>Role</th></xsl:if>
          <th>Codelist, format</th><th>Origin</th><th>Method and comment</th>
        </tr></thead>
        <tbody>
          <xsl:for-each select="odm:ItemRef">
            <xsl:sort select="@OrderNumber" data-type="number"/>
            <xsl:variable name="item" select="key('item', @ItemOID)"/>
            <xsl:call-template name="item">
              <xsl:with-param name="item" select="$item"/>
              <xsl:with-param name="roles" select="$roles"/>
            </xsl:call-template>
            <xsl:for-each select="key('values', $item/*[local-name() = 'ValueListRef']/@ValueListOID)/odm:ItemRef">
              <xsl:sort select="@OrderNumber" data-type="number"/>
              <xsl:call-template name="item">
                <xsl:with-param name="item" select="key('item', @ItemOID)"/>
                <xsl:with-param name="roles" select="$roles"/>
                <xsl:with-param name="value" select="true()"/>
              </xsl:call-template>
            </xsl:for-each>
          </xsl:for-each>
        </tbody>
      </table></div>
    </section>
  </xsl:template>

  <!-- a variable, or one of its values -->
  <xsl:template name="item">
    <xsl:param name="item"/>
    <xsl:param name="roles"/>
    <xsl:param name="value" select="false()"/>
    <tr>
      <xsl:if test="$value"><xsl:attribute name="class">value</xsl:attribute></xsl:if>
      <td class="name">
        <xsl:if test="not($value)">
          <xsl:value-of select="$item/@Name"/>
          <xsl:if test="@KeySequence"><span class="key" title="key variable {@KeySequence}"><xsl:value-of select="@KeySequence"/></span></xsl:if>
          <xsl:if test="@Mandatory = 'Yes'"><span class="mandatory" title="mandatory">*</span></xsl:if>
        </xsl:if>
      </td>
      <td>
        <xsl:for-each select="*[local-name() = 'WhereClauseRef']">
          <xsl:if test="position() &gt; 1"><div class="quiet">or</div></xsl:if>
          <xsl:apply-templates select="key('where', @WhereClauseOID)"/>
        </xsl:for-each>
        <div><xsl:apply-templates select="$item/odm:Description"/></div>
        <xsl:call-template name="marks"/>
      </td>
      <td><xsl:value-of select="$item/@DataType"/></td>
      <td class="number">
        <xsl:value-of select="$item/@Length"/>
        <xsl:if test="$item/@SignificantDigits"><span class="quiet"><xsl:value-of select="concat(' .', $item/@SignificantDigits)"/></span></xsl:if>
      </td>
      <xsl:if test="$roles"><td class="quiet"><xsl:value-of select="@Role"/></td></xsl:if>
      <td>
        <xsl:for-each select="key('codelist', $item/odm:CodeListRef/@CodeListOID)">
          <a href="#{generate-id()}"><xsl:value-of select="@Name"/></a>
          <xsl:call-template name="few-terms"/>
        </xsl:for-each>
        <xsl:if test="$item/@*[local-name() = 'DisplayFormat']"><div class="code"><xsl:value-of select="$item/@*[local-name() = 'DisplayFormat']"/></div></xsl:if>
      </td>
      <td><xsl:apply-templates select="$item/*[local-name() = 'Origin']"/></td>
      <td>
        <xsl:for-each select="key('method', @MethodOID)">
          <div class="text"><xsl:apply-templates select="odm:Description"/><xsl:text> </xsl:text><a class="quiet" href="#{generate-id()}">method</a></div>
        </xsl:for-each>
        <xsl:call-template name="comment"><xsl:with-param name="oid" select="$item/@*[local-name() = 'CommentOID']"/></xsl:call-template>
      </td>
    </tr>
  </xsl:template>

  <!-- the terms of a short codelist, where it is used -->
  <xsl:template name="few-terms">
    <xsl:variable name="terms" select="odm:CodeListItem | odm:EnumeratedItem"/>
    <xsl:if test="$terms and count($terms) &lt; 7">
      <div class="quiet">
        <xsl:for-each select="$terms">
          <xsl:if test="position() &gt; 1">, </xsl:if>
          <xsl:value-of select="@CodedValue"/>
        </xsl:for-each>
      </div>
    </xsl:if>
    <xsl:for-each select="odm:ExternalCodeList"><div class="quiet"><xsl:value-of select="concat(@Dictionary, ' ', @Version)"/></div></xsl:for-each>
  </xsl:template>

  <!-- where clauses in words -->
  <xsl:template match="*[local-name() = 'WhereClauseDef']">
    <div class="where">
      <xsl:for-each select="odm:RangeCheck">
        <xsl:variable name="oid" select="@*[local-name() = 'ItemOID']"/>
        <xsl:choose><xsl:when test="position() &gt; 1"> and </xsl:when><xsl:otherwise>where </xsl:otherwise></xsl:choose>
        <span class="code" title="{key('group-of', $oid)[1]/@Name}"><xsl:value-of select="key('item', $oid)/@Name"/></span>
        <xsl:call-template name="comparator"/>
        <xsl:call-template name="checked"/>
      </xsl:for-each>
      <xsl:call-template name="comment"><xsl:with-param name="oid" select="@*[local-name() = 'CommentOID']"/></xsl:call-template>
    </div>
  </xsl:template>

  <xsl:template name="comparator">
    <xsl:choose>
      <xsl:when test="@Comparator = 'EQ'"> is </xsl:when>
      <xsl:when test="@Comparator = 'NE'"> is not </xsl:when>
      <xsl:when test="@Comparator = 'IN'"> is one of </xsl:when>
      <xsl:when test="@Comparator = 'NOTIN'"> is none of </xsl:when>
      <xsl:when test="@Comparator = 'LT'"> is less than </xsl:when>
      <xsl:when test="@Comparator = 'LE'"> is at most </xsl:when>
      <xsl:when test="@Comparator = 'GT'"> is greater than </xsl:when>
      <xsl:when test="@Comparator = 'GE'"> is at least </xsl:when>
      <xsl:otherwise><xsl:value-of select="concat(' ', @Comparator, ' ')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- the values of a comparison, each with its decode -->
  <xsl:template name="checked">
    <xsl:variable name="list" select="key('codelist', key('item', @*[local-name() = 'ItemOID'])/odm:CodeListRef/@CodeListOID)"/>
    <xsl:for-each select="odm:CheckValue">
      <xsl:variable name="value" select="string(.)"/>
      <xsl:variable name="decode" select="$list/odm:CodeListItem[@CodedValue = $value]/odm:Decode/odm:TranslatedText"/>
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:choose>
        <xsl:when test="$value = ''">empty</xsl:when>
        <xsl:otherwise><b><xsl:value-of select="$value"/></b></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="$decode and $decode[1] != $value"><span class="quiet"><xsl:value-of select="concat(' (', $decode[1], ')')"/></span></xsl:if>
    </xsl:for-each>
  </xsl:template>

  <!-- the address of a link: a path or the web's, so that nothing in a file becomes a program -->
  <xsl:template name="address">
    <xsl:param name="to"/>
    <xsl:param name="place"/>
    <xsl:if test="not(contains(substring-before(concat($to, '/'), '/'), ':')) or starts-with($to, 'https://') or starts-with($to, 'http://')">
      <xsl:attribute name="href"><xsl:value-of select="concat($to, $place)"/></xsl:attribute>
    </xsl:if>
  </xsl:template>

  <!-- origins, documents, comments -->
  <xsl:template match="*[local-name() = 'Origin']">
    <div>
      <xsl:value-of select="@Type"/>
      <xsl:if test="@Source"><span class="quiet"><xsl:value-of select="concat(', ', @Source)"/></span></xsl:if>
      <xsl:if test="odm:Description"><div class="text"><xsl:apply-templates select="odm:Description"/></div></xsl:if>
      <xsl:apply-templates select="*[local-name() = 'DocumentRef']"/>
    </div>
  </xsl:template>

  <xsl:template match="*[local-name() = 'DocumentRef']">
    <xsl:variable name="leaf" select="key('leaf', @leafID)"/>
    <div class="document">
      <a><xsl:call-template name="address"><xsl:with-param name="to" select="$leaf/@xlink:href"/></xsl:call-template><xsl:value-of select="$leaf/*[local-name() = 'title']"/></a>
      <xsl:for-each select="*[local-name() = 'PDFPageRef']">
        <xsl:text>, </xsl:text>
        <xsl:choose>
          <xsl:when test="@Title"><xsl:value-of select="concat(@Title, ' ')"/></xsl:when>
          <xsl:when test="@Type = 'NamedDestination'">at </xsl:when>
          <xsl:otherwise>page </xsl:otherwise>
        </xsl:choose>
        <xsl:choose>
          <xsl:when test="@FirstPage"><a><xsl:call-template name="address"><xsl:with-param name="to" select="$leaf/@xlink:href"/><xsl:with-param name="place" select="concat('#page=', @FirstPage)"/></xsl:call-template><xsl:value-of select="concat(@FirstPage, '-', @LastPage)"/></a></xsl:when>
          <xsl:otherwise>
            <xsl:call-template name="pages">
              <xsl:with-param name="href" select="$leaf/@xlink:href"/>
              <xsl:with-param name="rest" select="normalize-space(@PageRefs)"/>
            </xsl:call-template>
          </xsl:otherwise>
        </xsl:choose>
      </xsl:for-each>
    </div>
  </xsl:template>

  <!-- pages set apart by blanks, each with its address -->
  <xsl:template name="pages">
    <xsl:param name="href"/>
    <xsl:param name="rest"/>
    <xsl:variable name="page" select="substring-before(concat($rest, ' '), ' ')"/>
    <xsl:variable name="target">
      <xsl:choose>
        <xsl:when test="@Type = 'NamedDestination'">#</xsl:when>
        <xsl:otherwise>#page=</xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:if test="$page != ''">
      <a><xsl:call-template name="address"><xsl:with-param name="to" select="$href"/><xsl:with-param name="place" select="concat($target, $page)"/></xsl:call-template><xsl:value-of select="$page"/></a>
      <xsl:if test="contains($rest, ' ')">
        <xsl:text> </xsl:text>
        <xsl:call-template name="pages">
          <xsl:with-param name="href" select="$href"/>
          <xsl:with-param name="rest" select="substring-after($rest, ' ')"/>
        </xsl:call-template>
      </xsl:if>
    </xsl:if>
  </xsl:template>

  <xsl:template name="comment">
    <xsl:param name="oid"/>
    <xsl:for-each select="key('comment', $oid)">
      <div class="text"><xsl:apply-templates select="odm:Description"/><xsl:text> </xsl:text><a class="quiet" href="#{generate-id()}">comment</a></div>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="odm:Description">
    <xsl:for-each select="odm:TranslatedText">
      <xsl:if test="position() &gt; 1"><xsl:text> </xsl:text></xsl:if>
      <span>
        <xsl:if test="position() &gt; 1"><xsl:attribute name="class">quiet</xsl:attribute></xsl:if>
        <xsl:if test="@xml:lang"><xsl:attribute name="lang"><xsl:value-of select="@xml:lang"/></xsl:attribute></xsl:if>
        <xsl:value-of select="."/>
      </span>
    </xsl:for-each>
  </xsl:template>

  <!-- codelists -->
  <xsl:template name="codelists">
    <section id="codelists">
      <h2>Codelists</h2>
      <xsl:for-each select="$lists">
        <xsl:sort select="@Name"/>
        <article id="{generate-id()}">
          <h3>
            <xsl:value-of select="@Name"/><xsl:text> </xsl:text>
            <xsl:call-template name="nci"/>
          </h3>
          <p class="quiet">
            <xsl:value-of select="@DataType"/>
            <xsl:for-each select="key('standard', @*[local-name() = 'StandardOID'])"> · <xsl:apply-templates select="." mode="name"/></xsl:for-each>
            <xsl:if test="odm:Description"> · <xsl:apply-templates select="odm:Description"/></xsl:if>
            <xsl:call-template name="marks"/>
          </p>
          <xsl:call-template name="comment"><xsl:with-param name="oid" select="@*[local-name() = 'CommentOID']"/></xsl:call-template>
          <xsl:call-template name="terms"/>
        </article>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="terms">
    <xsl:variable name="decoded" select="odm:CodeListItem"/>
    <xsl:variable name="coded" select="*/odm:Alias[@Context = 'nci:ExtCodeID'] | */@Rank | */@*[local-name() = 'ExtendedValue']"/>
    <table class="terms">
      <thead><tr><th>Term</th><xsl:if test="$decoded"><th>Decode</th></xsl:if><xsl:if test="$coded"><th>NCI code</th></xsl:if></tr></thead>
      <tbody><xsl:for-each select="odm:CodeListItem | odm:EnumeratedItem">
        <tr>
          <td class="name"><xsl:value-of select="@CodedValue"/></td>
          <xsl:if test="$decoded"><td><xsl:for-each select="odm:Decode/odm:TranslatedText"><xsl:if test="position() &gt; 1"> · </xsl:if><xsl:value-of select="."/></xsl:for-each></td></xsl:if>
          <xsl:if test="$coded">
            <td>
              <xsl:call-template name="nci"/>
              <xsl:if test="@*[local-name() = 'ExtendedValue']"><span class="mark">extended</span></xsl:if>
              <xsl:if test="@Rank"><span class="quiet"><xsl:value-of select="concat(' rank ', @Rank)"/></span></xsl:if>
            </td>
          </xsl:if>
        </tr>
      </xsl:for-each></tbody>
    </table>
  </xsl:template>

  <xsl:template name="nci">
    <xsl:for-each select="odm:Alias[@Context = 'nci:ExtCodeID']"><span class="nci"><xsl:value-of select="@Name"/></span></xsl:for-each>
  </xsl:template>

  <xsl:template name="dictionaries">
    <section id="dictionaries">
      <h2>Dictionaries</h2>
      <table>
        <thead><tr><th>Name</th><th>Dictionary</th><th>Version</th></tr></thead>
        <tbody><xsl:for-each select="$dictionaries">
          <tr id="{generate-id()}">
            <td class="name"><xsl:value-of select="@Name"/></td>
            <td><xsl:value-of select="odm:ExternalCodeList/@Dictionary"/></td>
            <td><xsl:value-of select="odm:ExternalCodeList/@Version"/></td>
          </tr>
        </xsl:for-each></tbody>
      </table>
    </section>
  </xsl:template>

  <!-- methods and comments -->
  <xsl:template name="methods">
    <section id="methods">
      <h2>Methods</h2>
      <div class="wide"><table class="words">
        <thead><tr><th>Method</th><th>Type</th><th>Description</th></tr></thead>
        <tbody><xsl:for-each select="$metadata/odm:MethodDef">
          <tr id="{generate-id()}">
            <td><xsl:value-of select="@Name"/></td>
            <td class="quiet"><xsl:value-of select="@Type"/></td>
            <td>
              <div class="text"><xsl:apply-templates select="odm:Description"/></div>
              <xsl:for-each select="odm:FormalExpression"><div class="quiet"><xsl:value-of select="@Context"/></div><pre><xsl:value-of select="."/></pre></xsl:for-each>
              <xsl:apply-templates select="*[local-name() = 'DocumentRef']"/>
            </td>
          </tr>
        </xsl:for-each></tbody>
      </table></div>
    </section>
  </xsl:template>

  <xsl:template name="comments">
    <section id="comments">
      <h2>Comments</h2>
      <div class="wide"><table class="words">
        <thead><tr><th>Comment</th><th>Text</th></tr></thead>
        <tbody><xsl:for-each select="$comments">
          <tr id="{generate-id()}">
            <td><xsl:value-of select="@OID"/></td>
            <td><div class="text"><xsl:apply-templates select="odm:Description"/></div><xsl:apply-templates select="*[local-name() = 'DocumentRef']"/></td>
          </tr>
        </xsl:for-each></tbody>
      </table></div>
    </section>
  </xsl:template>

  <!-- analysis results -->
  <xsl:template name="results">
    <section id="results">
      <h2>Analysis results</h2>
      <xsl:for-each select="$displays">
        <article id="{generate-id()}">
          <h3><xsl:value-of select="@Name"/><xsl:text> </xsl:text><span class="label"><xsl:apply-templates select="odm:Description"/></span></h3>
          <xsl:apply-templates select="*[local-name() = 'DocumentRef']"/>
          <xsl:apply-templates select="arm:AnalysisResult"/>
        </article>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template match="arm:AnalysisResult">
    <div class="result" id="{generate-id()}">
      <h4><xsl:apply-templates select="odm:Description"/></h4>
      <dl>
        <dt>Why</dt>
        <dd><xsl:value-of select="concat(@AnalysisPurpose, ', ', @AnalysisReason)"/></dd>
        <dt>From</dt>
        <dd>
          <xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset">
            <div>
              <a href="#{generate-id(key('group', @ItemGroupOID))}"><xsl:value-of select="key('group', @ItemGroupOID)/@Name"/></a>
              <xsl:for-each select="arm:AnalysisVariable">
                <xsl:choose><xsl:when test="position() = 1">: </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose>
                <span class="code" title="{key('item', @ItemOID)/odm:Description/odm:TranslatedText}"><xsl:value-of select="key('item', @ItemOID)/@Name"/></span>
              </xsl:for-each>
              <xsl:apply-templates select="key('where', *[local-name() = 'WhereClauseRef']/@WhereClauseOID)"/>
            </div>
          </xsl:for-each>
          <xsl:call-template name="comment"><xsl:with-param name="oid" select="arm:AnalysisDatasets/@*[local-name() = 'CommentOID']"/></xsl:call-template>
        </dd>
        <xsl:for-each select="arm:Documentation">
          <dt>How</dt>
          <dd><div class="text"><xsl:apply-templates select="odm:Description"/></div><xsl:apply-templates select="*[local-name() = 'DocumentRef']"/></dd>
        </xsl:for-each>
        <xsl:for-each select="arm:ProgrammingCode">
          <dt>Program</dt>
          <dd>
            <xsl:if test="@Context"><div class="quiet"><xsl:value-of select="@Context"/></div></xsl:if>
            <xsl:if test="arm:Code"><pre><xsl:value-of select="arm:Code"/></pre></xsl:if>
            <xsl:apply-templates select="*[local-name() = 'DocumentRef']"/>
          </dd>
        </xsl:for-each>
      </dl>
    </div>
  </xsl:template>

  <xsl:template name="style">
    :root { --ink: #1c2733; --quiet: #5b6b7b; --line: #d9e0e7; --soft: #f3f6f9; --link: #0b5cad; --accent: #0b3d66; }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; }
    body { margin: 0; display: flex; color: var(--ink); background: #fff; font: 14px/1.45 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
    nav { position: sticky; top: 0; height: 100vh; flex: 0 0 13.5rem; overflow-y: auto; padding: 1.2rem 1rem; background: var(--soft); border-right: 1px solid var(--line); font-size: 13px; }
    nav ul { list-style: none; margin: 0; padding: 0; }
    nav li { margin: .3rem 0; }
    nav li ul { margin: .2rem 0 .6rem; padding-left: .6rem; border-left: 2px solid var(--line); }
    nav .names { display: grid; grid-template-columns: 1fr 1fr; column-gap: .5rem; }
    nav .names li { margin: .1rem 0; }
    nav .study { margin: 0 0 .8rem; font-weight: 650; overflow-wrap: anywhere; }
    main { flex: 1; min-width: 0; padding: 1.5rem 2rem 6rem; }
    a { color: var(--link); text-decoration: none; }
    a:hover { text-decoration: underline; }
    h1 { margin: 0; font-size: 1.8rem; color: var(--accent); }
    h2 { margin: 2.6rem 0 .4rem; padding-top: .6rem; font-size: 1.3rem; color: var(--accent); border-top: 2px solid var(--accent); }
    h3 { margin: 1.6rem 0 .2rem; font-size: 1.05rem; }
    h4 { margin: 0 0 .4rem; font-size: .98rem; }
    .label { font-weight: 400; color: var(--quiet); }
    .lead { margin: .2rem 0 1.2rem; font-size: 1.05rem; color: var(--quiet); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; margin: 0; }
    dt { color: var(--quiet); }
    dd { margin: 0; min-width: 0; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
    th { position: sticky; top: 0; text-align: left; font-weight: 600; font-size: 12px; color: var(--quiet); background: var(--soft); border-bottom: 1px solid var(--line); white-space: nowrap; }
    th, td { padding: .38rem .6rem; vertical-align: top; }
    td { border-bottom: 1px solid var(--line); }
    .wide th { position: static; }
    .variables td:nth-child(2) { min-width: 12rem; }
    .variables td:last-child { min-width: 16rem; }
    tr.value td { background: #fafbfd; font-size: 13px; }
    tr.value td.name { border-left: 3px solid var(--line); }
    .name { font-weight: 600; white-space: nowrap; }
    .terms .name { white-space: normal; }
    table.terms { width: auto; min-width: 26rem; }
    .words td:first-child { min-width: 12rem; overflow-wrap: anywhere; }
    .words td:last-child { width: 65%; }
    .number { text-align: right; white-space: nowrap; }
    .quiet { color: var(--quiet); font-weight: 400; font-size: 12.5px; }
    .more { display: block; color: var(--quiet); }
    .text { white-space: pre-line; }
    .where { font-size: 13px; }
    .code, pre, .nci { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
    pre { margin: .2rem 0; padding: .6rem .8rem; background: var(--soft); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
    .nci { margin-right: .4rem; color: var(--quiet); font-weight: 400; }
    .mark, .key { display: inline-block; margin-right: .35rem; padding: 0 .4rem; border-radius: 8px; font-size: 11px; font-weight: 500; color: var(--accent); background: #e3edf7; }
    .key { margin: 0 0 0 .35rem; }
    .mandatory { margin-left: .2rem; color: #a33; }
    .result { margin: .8rem 0 1.2rem; padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: 6px; }
    :target { scroll-margin-top: .5rem; }
    tr:target td, article:target h3 { background: #fff6d6; }
    @media (max-width: 60rem) { body { display: block; } nav { position: static; height: auto; max-height: 16rem; } main { padding: 1rem; } }
    @media print { nav { display: none; } main { padding: 0; } a { color: inherit; } .wide { overflow: visible; } tr, .result { break-inside: avoid; } body { font-size: 11px; } }
  </xsl:template>
</xsl:stylesheet>
